import { Page } from '../page.tsx'

export function NewView() {
  return <Page title="NewView">{null}</Page>
}

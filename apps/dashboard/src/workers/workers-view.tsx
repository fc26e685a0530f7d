import { Page } from '../page.tsx'

export function WorkersView() {
  return <Page title="WorkersView">{null}</Page>
}

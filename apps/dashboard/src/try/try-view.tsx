import { Page } from '../page.tsx'

export function TryView() {
  return <Page title="TryView">{null}</Page>
}

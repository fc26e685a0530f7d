import { Page } from '../page.tsx'

export function CompareView() {
  return <Page title="CompareView">{null}</Page>
}

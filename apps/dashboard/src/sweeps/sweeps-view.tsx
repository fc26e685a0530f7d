import { Page } from '../page.tsx'

export function SweepsView() {
  return <Page title="SweepsView">{null}</Page>
}

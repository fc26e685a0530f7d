import { Page } from '../page.tsx'

export function SignalView() {
  return <Page title="SignalView">{null}</Page>
}

import { Page } from '../page.tsx'

export function ExperimentsView() {
  return <Page title="Experiments">{null}</Page>
}

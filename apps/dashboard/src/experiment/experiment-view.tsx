import { Page } from '../page.tsx'

export function ExperimentView({ id }: { id: string }) {
  return <Page title={id}>{null}</Page>
}

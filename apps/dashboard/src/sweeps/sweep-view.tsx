import { Page } from '../page.tsx'

export function SweepView({ id }: { id: string }) {
  return <Page title={id}>{null}</Page>
}

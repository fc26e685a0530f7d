import { Page } from '../page.tsx'

export function ForkView({ id }: { id: string }) {
  return <Page title={id}>{null}</Page>
}

import { Link } from 'wouter'
import { readApiKey } from '../service/api-key.ts'
import { CopyBlock } from './copy-block.tsx'
import { cliCommand, curlCommand } from './experiment-commands.ts'

/** The same experiment without this page. */
export function CommandsCard({ given, address }: { given: Readonly<Record<string, unknown>>; address: string }) {
  const setup = { given, origin: location.origin, withKey: readApiKey() !== undefined }
  return (
    <section className="card" aria-label="The same from a terminal">
      <CopyBlock title="From a terminal" text={cliCommand(setup)} />
      <CopyBlock title="By curl" text={curlCommand(setup)} />
      <p className="muted">
        {setup.withKey && (
          <>
            Both take the key from <code>TRAINYARD_API_KEY</code>.{' '}
          </>
        )}
        <Link href={address} replace>
          A link to this form
        </Link>
      </p>
    </section>
  )
}

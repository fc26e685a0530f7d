import { type Connection, useConnection } from './connection.ts'

/** A note that the connection is lost, over the page so that nothing moves. */
export function ConnectionNote({ connection }: { connection: Connection }) {
  const lost = useConnection(connection)
  return (
    <div role="status" className={lost === null ? 'connection' : 'connection lost'}>
      {lost !== null && `${lost}. What you see may be old; this page tries again and catches up by itself.`}
    </div>
  )
}

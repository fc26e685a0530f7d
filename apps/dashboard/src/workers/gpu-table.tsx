import type { WorkerInfo } from '@trainyard/client'
import { formatBytes, formatShare } from '@trainyard/contracts'

/** The driver's measures of each GPU; a dash where it reports none. */
export const GpuTable = ({ gpus }: { gpus: WorkerInfo['gpus'] }) => (
  <div className="wide">
    <table>
      <thead>
        <tr>
          <th scope="col">GPU</th>
          <th scope="col">Driver</th>
          <th scope="col">Busy</th>
          <th scope="col">Memory</th>
          <th scope="col">Temperature</th>
          <th scope="col">Power</th>
        </tr>
      </thead>
      <tbody>
        {gpus.map(
          ({ uuid, index, name, driverVersion, utilisation, memoryUsedBytes, memoryTotalBytes, temperatureCelsius, powerWatts }) => (
            <tr key={uuid}>
              <th scope="row">
                {index}: {name}
              </th>
              <td>{driverVersion ?? '–'}</td>
              <td>
                <Bar label={`GPU ${index}, share of the time in which it computes`} fraction={utilisation} /> {formatShare(utilisation)}
              </td>
              <td>
                <Bar label={`GPU ${index}, memory in use`} fraction={memoryTotalBytes ? (memoryUsedBytes ?? 0) / memoryTotalBytes : null} />{' '}
                {memoryUsedBytes === null ? '–' : formatBytes(memoryUsedBytes)}
                {memoryTotalBytes !== null && ` of ${formatBytes(memoryTotalBytes)}`}
              </td>
              <td>{temperatureCelsius === null ? '–' : `${temperatureCelsius} °C`}</td>
              <td>{powerWatts === null ? '–' : `${Math.round(powerWatts)} W`}</td>
            </tr>
          ),
        )}
      </tbody>
    </table>
  </div>
)

const Bar = ({ label, fraction }: { label: string; fraction: number | null }) =>
  fraction === null ? null : <meter aria-label={label} min={0} max={1} value={fraction} />

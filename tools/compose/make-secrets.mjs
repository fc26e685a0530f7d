import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'

// The secrets of docker-compose.yml, made at its first start; what is there already stays. Only the services whose volumes these are can read them.
const [redisFolder = '', apiFolder = ''] = process.argv.slice(2)
const password = keep(path.join(redisFolder, 'password'), () => randomBytes(24).toString('hex'))
writeFileSync(path.join(redisFolder, 'redis.conf'), `requirepass ${password}\n`)
keep(path.join(apiFolder, 'admin-key'), () => randomBytes(32).toString('hex'))
process.stdout.write('The secrets are there. The admin key: docker compose exec api cat /run/trainyard/api/admin-key\n')

/** @param {string} file @param {() => string} make */
function keep(file, make) {
  if (!existsSync(file)) writeFileSync(file, `${make()}\n`, { flag: 'wx' })
  return readFileSync(file, 'utf8').trim()
}

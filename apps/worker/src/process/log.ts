import { type Level, type Logger, pino } from 'pino'

/** JSON lines. Errors of Redis calls carry the command with its arguments, and AUTH's is the password. */
export function createLog(level: Level | 'silent'): Logger {
  return pino({ level, name: 'worker', redact: ['*.password', '*.redisUrl', '*.REDIS_URL', 'err.command', 'err.cause.command'] })
}

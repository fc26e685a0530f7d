import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { CollapseSimpleStatement, Config, formatCode, IndentType, LuaVersion, OutputVerification, QuoteStyle } from '@johnnymorganz/stylua'
import { luaFiles } from './lua-files.mjs'
import { runTool } from '../process/run-tool.mjs'
import { ToolError } from '../process/tool-error.mjs'

/** Formats the Lua of libs/jobs; with --check it only names files that are not. */
await runTool(async () => {
  const isCheck = process.argv.includes('--check')
  const changed = luaFiles().filter((file) => {
    const text = readFileSync(file, 'utf8')
    const formatted = format(text)
    if (formatted === text) return false
    if (!isCheck) writeFileSync(file, formatted)
    return true
  })
  if (isCheck && changed.length > 0) throw new ToolError(`Not formatted; npm run format does it:\n${changed.join('\n')}`)
  return 0
})

/** @param {string} text */
function format(text) {
  const config = Config.new()
  config.syntax = LuaVersion.Lua51
  config.column_width = 140
  config.indent_type = IndentType.Spaces
  config.indent_width = 2
  config.quote_style = QuoteStyle.AutoPreferSingle
  config.collapse_simple_statement = CollapseSimpleStatement.Always
  return formatCode(text, config, undefined, OutputVerification.Full)
}

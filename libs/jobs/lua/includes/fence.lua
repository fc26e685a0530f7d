--- @include "record"

-- Of an attempt's writer: the script ends here unless the token is the current attempt's.
local args = cjson.decode(ARGV[1])
local id, token = args.id, args.token
if field(id, 'token') ~= token then return 'fenced' end

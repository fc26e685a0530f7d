-- Renewed every 5 s by the worker.
local LEASE_MS = 20000

-- wrk: records gifts, each with a fresh random id (UUID v4) and another amount.
--
-- BENCH_PLACES names a file with a line for every place that takes part: access token, chapter, appeal ("-" for none), separated
-- by blanks; requests go round. BENCH_DAY is the day of receipt. All text but id and amount is made once: the load
-- generator shares the machine with what it measures.
dofile(os.getenv("BENCH_DIR") .. "/wrk_result.lua")

local hex4, random = {}, math.random
local before, between, after, n, at = {}, {}, {}, 0, 0

function init()
  local urandom = assert(io.open("/dev/urandom", "rb"))
  local a, b, c, d = urandom:read(4):byte(1, 4)
  urandom:close()
  math.randomseed(a + b * 256 + c * 65536 + d * 16777216)
  for i = 0, 65535 do hex4[i] = string.format("%04x", i) end
  for line in io.lines(os.getenv("BENCH_PLACES")) do
    local token, chapter, appeal = line:match("^(%S+) (%S+) (%S+)$")
    local head = '{"id":"'
    local mid = '","chapter":"' .. chapter .. '",' .. (appeal == "-" and "" or '"appeal":"' .. appeal .. '",') .. '"channel":"CASH","amount_vnd":'
    local tail = ',"received_on":"' .. os.getenv("BENCH_DAY") .. '"}'
    local length = #head + 36 + #mid + 6 + #tail
    n = n + 1
    before[n] = "POST /api/v1/gifts HTTP/1.1\r\nHost: " .. wrk.host .. "\r\nAuthorization: Bearer " .. token
      .. "\r\nContent-Type: application/json\r\nContent-Length: " .. length .. "\r\n\r\n" .. head
    between[n], after[n] = mid, tail
  end
end

function request()
  at = at % n + 1
  return before[at] .. hex4[random(0, 65535)] .. hex4[random(0, 65535)] .. "-" .. hex4[random(0, 65535)]
    .. "-" .. hex4[0x4000 + random(0, 4095)] .. "-" .. hex4[0x8000 + random(0, 16383)]
    .. "-" .. hex4[random(0, 65535)] .. hex4[random(0, 65535)] .. hex4[random(0, 65535)]
    .. between[at] .. random(100, 999) .. "000" .. after[at]
end

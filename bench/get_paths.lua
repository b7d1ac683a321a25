-- wrk: asks for the paths in the file named by BENCH_PATHS, one a line, in turn.
dofile(os.getenv("BENCH_DIR") .. "/wrk_result.lua")

local requests, n, at = {}, 0, 0

function init()
  for path in io.lines(os.getenv("BENCH_PATHS")) do
    n = n + 1
    requests[n] = wrk.format("GET", path)
  end
end

function request()
  at = at % n + 1
  return requests[at]
end

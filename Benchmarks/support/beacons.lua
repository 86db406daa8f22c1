-- Beacons as a small shop's visitors send them: 500 pages, 50 referrers, 100 user agents, 20,000
-- addresses. Each request is made in advance, so that the generator costs little.
local count = 20000
local requests = {}
local close = os.getenv("FOOTFALL_BENCH_CLOSE") == "1"

function init()
    math.randomseed(os.time() + tonumber(tostring({}):sub(8), 16) % 100000)
    for index = 1, count do
        local version = 90 + math.random(0, 49)
        local system = math.random(2) == 1 and "Windows NT 10.0; Win64; x64" or "X11; Linux x86_64"
        local address = string.format("10.0.%d.%d", math.floor(index / 256), index % 256)
        local body = string.format(
            '{"n":"pageview","u":"https://bench.test/page-%d","d":"bench.test",'
                .. '"r":"https://site-%d.example/","w":1280}',
            math.random(500), math.random(50))
        requests[index] = wrk.format("POST", "/api/event", {
            ["Content-Type"] = "text/plain",
            ["Accept-Language"] = "lv",
            ["X-Forwarded-For"] = address,
            ["Connection"] = close and "close" or "keep-alive",
            ["User-Agent"] = string.format(
                "Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36",
                system, version),
        }, body)
    end
end

function request()
    return requests[math.random(count)]
end

function done(summary, latency)
    io.write(string.format(
        "RESULT %d %d %d %d %d\n", summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99),
        summary.errors.status + summary.errors.read + summary.errors.write + summary.errors.timeout
            + summary.errors.connect))
end

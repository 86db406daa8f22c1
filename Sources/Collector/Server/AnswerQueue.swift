import Foundation
import NIOCore
import Synchronization

/// Brings answers from the journal's thread to the connections' event loop: all that a commit
/// releases in one go, since waking the loop costs more than an answer.
final class AnswerQueue: Sendable {
    struct Delivery: Sendable {
        var to: ConnectionReference
        var ticket: Int
        var answer: BeaconAnswer
    }

    private struct Waiting {
        var deliveries: [Delivery] = []
        var isScheduled = false
    }

    private let loop: any EventLoop
    private let outages: OutageLog
    private let waiting = Mutex(Waiting())
    private let headers: NIOLoopBoundBox<HeaderCache>

    /// The bytes of the commonest answer and the date in it, made once a second.
    private struct HeaderCache {
        var second: Int64 = -1
        var date = ""
        var kept = ByteBuffer()
    }

    /// - Parameter loop: of all connections.
    init(loop: any EventLoop, outages: OutageLog) {
        self.loop = loop
        self.outages = outages
        headers = .makeBoxSendingValue(HeaderCache(), eventLoop: loop)
    }

    /// From any thread.
    func deliver(_ delivery: Delivery) {
        let isFirst = waiting.withLock { waiting in
            waiting.deliveries.append(delivery)
            defer { waiting.isScheduled = true }
            return !waiting.isScheduled
        }
        if isFirst { loop.execute { self.handOut() } }
    }

    private func handOut() {
        let deliveries = waiting.withLock { waiting in
            defer { waiting = Waiting() }
            return waiting.deliveries
        }
        for delivery in deliveries {
            outages.note(delivery.answer)
            delivery.to.connection.take(delivery.answer, ticket: delivery.ticket)
        }
        // A connection with several answers is flushed with all of them.
        for delivery in deliveries { delivery.to.connection.flushAnswers() }
    }

    // MARK: Bytes; on the loop only

    func bytes(of answer: BeaconAnswer, closes: Bool) -> ByteBuffer {
        guard case .kept = answer, !closes else {
            return BeaconResponse(answer).bytes(date: date, closes: closes)
        }
        refresh()
        return headers.value.kept
    }

    var date: String {
        refresh()
        return headers.value.date
    }

    /// From any thread.
    static var dateNow: String { httpDate(time(nil)) }

    private func refresh() {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        guard headers.value.second != Int64(time.tv_sec) else { return }
        let date = Self.httpDate(time.tv_sec)
        headers.value = HeaderCache(
            second: Int64(time.tv_sec), date: date,
            kept: BeaconResponse(.kept).bytes(date: date, closes: false))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
    private static func httpDate(_ second: Int) -> String {
        var time = second
        var parts = tm()
        gmtime_r(&time, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
            + "\(parts.tm_year + 1900) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }
}

/// A connection as other threads may hold it: they hand it back to its loop, and only there is it
/// used.
struct ConnectionReference: @unchecked Sendable {
    let connection: BeaconConnection
}

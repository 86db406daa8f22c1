import Foundation
import NIOCore

/// Stops accepting for a moment when the system has no descriptor or memory for a connection: the
/// one that waits would else be tried again at once, for ever.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    /// Long enough to cost nothing, short enough that nobody notices once descriptors are free.
    static let duration = TimeAmount.milliseconds(100)

    private let pauses: (_ cause: String) -> Void
    private var isPaused = false

    /// - Parameter pauses: called as each pause begins, with the system's word for the shortage.
    init(pauses: @escaping (_ cause: String) -> Void) {
        self.pauses = pauses
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, Self.isShortage(error.errnoCode) else {
            context.fireErrorCaught(error)
            return
        }
        guard !isPaused else { return }
        isPaused = true
        pauses(String(cString: strerror(error.errnoCode)))
        setAccepting(false, context)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.duration) {
            self.isPaused = false
            self.setAccepting(true, context)
        }
    }

    private func setAccepting(_ isAccepting: Bool, _ context: ChannelHandlerContext) {
        // Fails when the listener was closed meanwhile: then there is nothing to accept.
        try? context.channel.syncOptions?.setOption(.autoRead, value: isAccepting)
    }

    static func isShortage(_ code: CInt) -> Bool {
        [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code)
    }
}

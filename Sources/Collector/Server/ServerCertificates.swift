import NIOCore
import NIOSSL
import Synchronization

/// The certificate and key of a collector that does TLS itself, from PEM files; read again on
/// SIGHUP. Connections that are open keep what they began with.
package final class ServerCertificates: Sendable {
    private let certificatePath: String
    private let keyPath: String
    private let context: Mutex<NIOSSLContext>

    /// - Throws: `ListeningError` that names the file at fault.
    package init(certificatePath: String, keyPath: String) throws(ListeningError) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        context = Mutex(try Self.load(certificatePath, keyPath))
    }

    /// When a file is at fault what was read before stays in force.
    package func reload() throws(ListeningError) {
        let fresh = try Self.load(certificatePath, keyPath)
        context.withLock { $0 = fresh }
    }

    func makeHandler() -> NIOSSLServerHandler {
        NIOSSLServerHandler(context: context.withLock { $0 })
    }

    private static func load(
        _ certificatePath: String, _ keyPath: String
    ) throws(ListeningError) -> NIOSSLContext {
        let chain: [NIOSSLCertificateSource]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificatePath).map { .certificate($0) }
        } catch {
            throw ListeningError("\(certificatePath) is no certificate chain in PEM form.")
        }
        guard !chain.isEmpty else {
            throw ListeningError("\(certificatePath) holds no certificate.")
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
        } catch {
            throw ListeningError("\(keyPath) is no private key in PEM form.")
        }
        do {
            // TLS 1.2 and newer, the library's default.
            return try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: chain, privateKey: .privateKey(key)))
        } catch {
            throw ListeningError("\(certificatePath) and \(keyPath) do not go together.")
        }
    }
}

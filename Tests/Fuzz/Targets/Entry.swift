/// `fuzz TARGET [libFuzzer's options and corpora]`: gives one target to libFuzzer.
@main
struct Entry {
    private static let targets: [String: @Sendable (UnsafeBufferPointer<UInt8>) -> Void] = [
        "beacon": fuzzBeacon,
        "address": fuzzAddress,
        "log": fuzzLog,
        "client": fuzzClient,
        "request": fuzzRequest,
    ]

    private static let chosen: @Sendable (UnsafeBufferPointer<UInt8>) -> Void = {
        let name = CommandLine.arguments.dropFirst().first ?? ""
        guard let target = targets[name] else {
            fatalError("usage: fuzz TARGET …, with one of \(targets.keys.sorted())")
        }
        return target
    }()

    static func main() {
        _ = chosen
        // libFuzzer passes over what doesn't look like an option, but takes it for a corpus.
        var count = CommandLine.argc - 1
        var arguments = CommandLine.unsafeArgv + 1
        arguments[0] = CommandLine.unsafeArgv[0]
        // The arguments stay as long as the process; nothing else touches them.
        let status = runFuzzer(&count, &arguments) { bytes, size in
            // libFuzzer's bytes stay for the length of the call; an empty input may have none.
            Entry.chosen(UnsafeBufferPointer(start: bytes, count: size))
            return 0
        }
        fatalError("libFuzzer ended with \(status)")
    }
}

/// libFuzzer's own main function (llvm.org/docs/LibFuzzer.html, "Using libFuzzer as a library"). It
/// ends the process itself.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<
        UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    >,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Ends the run with the input kept, when a property doesn't hold.
func expect(_ holds: Bool, _ property: @autoclosure () -> String) {
    if !holds { fatalError(property()) }
}

func expectSame<Value: Equatable>(_ one: Value, _ other: Value, _ property: String) {
    expect(one == other, "\(property): \(one) is not \(other)")
}

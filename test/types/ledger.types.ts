/** The order of the ledger's and the observers' calls: a step that comes too early does not compile. */
import { prepareLedger } from '../../dist/harness/ledger/ledger.js'
import type { Capture, LedgerReading } from '../../dist/harness/ledger/ledger.js'
import type { LoadLibrary, ObservedProcess, Observer } from '../../dist/harness/ledger/observers/observer.js'

declare const load: LoadLibrary
declare const observer: Observer
declare const app: ObservedProcess
declare const captured: Capture

const prepared = await prepareLedger('auto')
const plan = await prepared.launches(null, '/tmp')
const running = await plan.launched(1)
const quiet = await running.quiet(load)
const reading: LedgerReading = await quiet.read(await running.capture(1))
reading.entries satisfies unknown[]
const joined = await prepared.joins('/tmp').attached(1, load)
await joined.quiet(load)

// @ts-expect-error What is needed depends on the launcher.
prepared.needs(undefined)
// @ts-expect-error Nothing is observed before it was started with what is needed.
await prepared.launched(1)
// @ts-expect-error A plan observes nothing.
await plan.capture(1)
// @ts-expect-error What is not observed can't be made quiet.
await plan.quiet(load)
// @ts-expect-error The observers must hold nothing in the app when it is read.
await running.read(captured)
// @ts-expect-error What is quiet is not released.
await quiet.released()
// @ts-expect-error A process that runs already is not started with anything.
prepared.joins('/tmp').needs(undefined)
// @ts-expect-error A held process can't be asked to load anything.
await plan.launched(1, load)

const observing = await observer.attach(app)
const silent = await observing.quiet(load)
await silent.collect(captured)

// @ts-expect-error An observer that is not attached holds nothing that could be made quiet.
await observer.quiet(load)
// @ts-expect-error An observer tells nothing before it is quiet.
await observing.collect(captured)
// @ts-expect-error What is quiet takes no snapshot any more.
await silent.snapshot(1)

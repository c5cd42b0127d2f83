// Package operator is all that an operator may do to the service. Each command
// is declared once, in commands.go, with its arguments and their limits, its
// class, what undoes it and which invariants it keeps. The HTTP API, its client
// and the command line opctl are made from that declaration. A service that does
// not answer opctl has half a minute, and as much longer as the bounds of a paced
// command ask for; then opctl says that the change may stand, and where to look.
//
// To add a command, add a row to the table and a function that does it through
// the aggregates. Nothing here writes to a store but through
// [fulfil.Repository] and [fulfil.Queue], and what does is kept in
// [fulfil.Audit].
//
// # Threat model: what is worth protecting
//
//   - Accepted orders: none lost, none delivered twice, none changed without a
//     trace. That is the state in the repository, and the work in the queue.
//   - The history: events, and the audit of what operators asked for. Whoever
//     changes the service must not be able to take the record of that away.
//   - Personal data: who ordered what. Operators need a single order at times,
//     and never all of them.
//   - The controls: a mitigation nobody knows of is an outage of its own.
//   - Prices, carrier plugins, and the credentials themselves.
//
// # Who may do what
//
// A viewer's token looks; an operator's token looks, mitigates and recovers, by
// the commands of the contract; a merchandiser's token looks, and sets prices by
// an API of their own. Beside the API an operator may read the views of the
// schema "operators" in the database, and see at the brokers how much waits
// where. The service works with the role fulfil_app and the user app, which can
// add to what has happened and not take from it. The schema belongs to
// fulfil_migrations. All else is refused by the server that is asked: the
// default is no.
//
// # What somebody could do with each credential
//
// None. Whoever reaches the operations port reads metrics and health, and is
// refused else, here and by the merchandisers' API: 401, an entry in the audit, and
// a tenth of the rate of one token for all of them together, so that tokens cannot
// be guessed at speed nor the audit be flooded. Secrets are compared by their hashes in constant time.
// Brokers and database refuse to let anyone in. See TestWhoseTokenItIs,
// TestRefusalsAreAudited, TestAFloodOfCallsIsNoFloodOfEntries, TestCallsAreLimited,
// TestWhoMayNotUseAnotherAPI here, and TestStrangersAreRefused in jetstream.
//
// A viewer's token. They read every order they can name, with its customer and
// its lines: `orders show` is not limited further. They change nothing: 403, and
// an entry with what they tried. See TestContractIsWhole and
// TestEverythingIsAudited.
//
// An operator's token. They can do what the contract allows, so they can do harm
// slowly and in the open: send deliveries to the standby, hold the intake down,
// state as a fact that a warehouse has a delivery which it has not (`deliveries
// resolve`). Limits, the rate of paced commands and the rules of the aggregates
// bound each call; every change is in the audit before it is made, and where that
// cannot be written nothing changes. They cannot delete or edit an entry: there is
// no command for it. Each event names the call that caused it, and the entry of
// its end names the events. See TestThousandMalformedRequests,
// TestNothingChangesUnrecorded, TestEventsAndEntriesNameEachOther and, for a token
// that somebody gives as the reason, TestATokenAsReasonIsNotKept.
//
// A merchandiser's token. They look, as a viewer does, and set prices. Every
// change is an event with who and why; it has no entry in this audit, and that API
// has no rate limit. An operator's token sets no prices, and that it was tried is in
// the audit. See TestEmbedded in service.
//
// The operator's role of the database. They read the views: identities, status and
// notes of all orders, events without their contents, the audit. No customer and no
// line of an order is there: a customer's event is one of "customer", a note that
// may name an item is cut to the rule that was broken, and of an item's stock only
// what arrived is shown, since the time of a reservation tells whose it is. They write
// nothing, make nothing, no large object either, take no lock of the migrations', see no
// other table and take on no other role. What is left to them is load: a heavy query
// over a view, on at most five connections, with a bound on what it writes to disk; and
// a transaction held open, for which a migration waits. Timeouts end those that were
// forgotten, and whoever means harm can set them aside. See TestPostgres/roles in
// fixtures/images, which tries each statement.
//
// The operator's user of the brokers. They see names, sizes and ages of streams and
// consumers, and hear notices, which say that something changed and not what. They
// read no message, publish nothing, and purge, delete or update nothing. Their
// account is not the service's, so that the answer to an allowed call cannot be
// steered onto a subject of the service. See TestTheOperatorOnlyLooks and
// TestAnswersGoNowhereElse in jetstream.
//
// The service's role of the database. With it somebody can write any state of any
// aggregate, make events up, take messages out of the outbox and read everything.
// They cannot change or delete an event or an entry of the audit, truncate, or
// change the schema. So the state can be made to lie, and not the history: it no
// longer is the fold of its events. See TestPostgres/roles for what is refused.
//
// The service's user of the brokers. The same, in streams: somebody can store a
// state without an event, publish work, acknowledge what others have in hand. They
// cannot purge or delete a stream, nor a message other than a dead letter. See
// TestTheAppCannotTakeAway in jetstream, and TestUnsafeRunbook/stolen in scenarios
// for what goes through.
//
// A warehouse's credential. They can have that warehouse send things to people, in
// the service's name, without the service knowing. It lies in a file and is known
// here by its name only; `sink rotate` takes the next one into use. The credential is
// the whole defence: the warehouse must refuse the old one. See TestCredentialsExpired
// in scenarios, and TestUnsafeRunbook for one who comes without it.
//
// Write access to the depot of plugins. A plugin is code of somebody else's: it can
// label parcels wrongly, and fail. It has no file, no network, bounded memory, its
// table included, and bounded time, also of those who wait for it; the registry holds it to a checksum, but the depot states
// that checksum itself, so that whoever writes there passes it. See
// TestPluginRegistrationBroken in scenarios, and fixtures/plugins for each trap.
//
// The role fulfil_migrations, or a superuser; the machine of a broker, the database
// or a replica. They can do anything, the history included. Give the migrations URL
// to one replica or to a job, not to all; nobody else needs it.
//
// # What is not defended
//
//   - Traffic is not encrypted here: HTTP, NATS and the database speak in the clear.
//     Put them on a network of their own, or behind TLS.
//   - Tokens do not expire, and belong to whoever holds them. A stolen operator's
//     token is an operator until it is taken out of the file and the replicas are
//     started anew.
//   - No command asks a second person.
//   - The limits of a plugin are those of its run, and of its size and its local
//     variables before that. While a module is read in, the runtime allocates what
//     else it claims to hold, unseen, and takes what time it needs: one that is made
//     for it takes gigabytes, or minutes. So does the interpreter's own stack, by deep
//     calls with much on it. Whoever writes to the depot can end replicas that way.
//   - The audit is append-only for all but the owners of the stores. It is neither
//     signed nor copied elsewhere, and an administrator can rewrite it.
//   - The service's user of the brokers may update its streams, as it does when it
//     starts. Flags that deny deletion cannot be taken back, but a limit can be set
//     that lets old messages go.
//   - Of a dead process: a call that was begun and has no second entry may have
//     changed something. Its events name it.
//   - Deliveries that are redriven have no event of their own: the entry says how the
//     call went, not which dead letters it took.
//   - Secrets are kept out of the audit, and out of events, where they are tokens of
//     this API or credentials for the warehouses, as their files have them now, and of
//     twelve characters and more. Another secret that somebody writes into a reason is
//     kept, and so is a credential of before.
//   - `fulfil --embedded` is for a first try: its broker lets in whoever reaches it on
//     this machine, and its token is "try".
//   - Customers' own API has no login at all: who may order is decided in front of it.
package operator

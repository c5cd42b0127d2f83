package jetstream

import (
	"bytes"
	"encoding/json"
)

// User of a broker. It may publish to and subscribe to the subjects of its
// permissions; the broker refuses all others.
type User struct {
	Name        string      `json:"user"`
	Password    string      `json:"password"`
	Permissions Permissions `json:"permissions"`
}

// Permissions are subjects, with NATS' wildcards.
type Permissions struct {
	Publish   []string `json:"publish"`
	Subscribe []string `json:"subscribe"`
}

// Names of users and of the prefix under which each gets its answers. Two users
// who shared one could hear each other's.
const (
	AppUser       = "app"
	OperatorUser  = "operator"
	AppInbox      = "_INBOX.app"
	OperatorInbox = "_INBOX.operator"
)

// OperatorAPI is the prefix of the JetStream API for operators.
const OperatorAPI = "FULFIL.API"

// App is the user of the service: its own subjects and streams, and no call that
// deletes or purges one. Only dead letters may be deleted, when they are
// redriven.
func App(password string) User {
	api := func(call string, streams ...string) (subjects []string) {
		for _, s := range streams {
			subjects = append(subjects, "$JS.API."+call+s, "$JS.API."+call+s+".>")
		}
		return subjects
	}
	all := []string{eventStream, workStream, deadStream, auditStream}
	publish := []string{eventRoot + ".>", workSubject, laneSubject, deadRoot + ".>", auditSubject, noticeSubject,
		"$JS.ACK." + eventStream + ".>", "$JS.ACK." + workStream + ".>", "$JS.API.STREAM.MSG.DELETE." + deadStream}
	for _, call := range []string{"STREAM.CREATE.", "STREAM.UPDATE.", "STREAM.INFO.", "STREAM.MSG.GET.", "DIRECT.GET."} {
		publish = append(publish, api(call, all...)...)
	}
	for _, call := range []string{"CONSUMER.CREATE.", "CONSUMER.INFO.", "CONSUMER.MSG.NEXT."} {
		publish = append(publish, api(call, eventStream, workStream)...)
	}
	publish = append(publish, api("CONSUMER.DELETE.", eventStream)...) // its own, of listings
	return User{AppUser, password, Permissions{publish, []string{AppInbox + ".>", noticeSubject}}}
}

// looks are the calls of the JetStream API that show how much is where, and not
// what.
var looks = []string{"STREAM.NAMES", "STREAM.LIST", "STREAM.INFO.*", "CONSUMER.NAMES.*", "CONSUMER.LIST.*", "CONSUMER.INFO.*.*"}

// Operator is the user of operators: it sees how much waits where, and hears
// notices. It reads no message, and changes nothing.
func Operator(password string) User {
	var publish []string
	for _, call := range looks {
		publish = append(publish, OperatorAPI+"."+call)
	}
	return User{OperatorUser, password, Permissions{publish, []string{OperatorInbox + ".>", noticeSubject}}}
}

// Names of accounts.
const (
	serviceAccount  = "FULFIL"
	operatorAccount = "OPERATORS"
)

// BrokerConfig is the configuration of a NATS server that lets in the service,
// operators, and more users in the account of the service; and nobody else.
//
// Operators have an account of their own. With permissions alone they could have
// the broker write where they may not: it publishes the answer to an allowed
// call on whatever subject the call names for it. Across accounts, that subject
// is one of their own account.
//
// What is to be kept on disk is there before the broker says that it has it: it writes
// every two minutes else, and what waits to be published is forgotten on its word.
func BrokerConfig(app, operator User, more ...User) (string, error) {
	type object map[string]any
	exports := []object{{"stream": noticeSubject}}
	imports := []object{{"stream": object{"account": serviceAccount, "subject": noticeSubject}}}
	for _, call := range looks {
		exports = append(exports, object{"service": "$JS.API." + call})
		imports = append(imports, object{"service": object{"account": serviceAccount, "subject": "$JS.API." + call}, "to": OperatorAPI + "." + call})
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // the server reads JSON, but not its \u
	encoder.SetIndent("", "  ")
	err := encoder.Encode(object{
		"authorization": object{"timeout": 30}, // seconds: a link may be slow
		"jetstream":     object{"sync_interval": "always"},
		"accounts": object{
			serviceAccount:  object{"jetstream": "enabled", "users": append([]User{app}, more...), "exports": exports},
			operatorAccount: object{"users": []User{operator}, "imports": imports},
		},
	})
	return out.String(), err
}

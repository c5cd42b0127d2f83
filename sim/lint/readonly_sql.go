package lint

import (
	"slices"
	"strings"
)

// This file reads SQL that only looks: at the views that are made for operators, and at what
// the database says of itself.

// psqlLooks judges what psql is to run, and as whom.
func psqlLooks(words []string) bool {
	g, known := options{"Ac:d:F:h:p:qtU:wXx", "command= csv dbname= expanded host= no-align no-password no-psqlrc port= tuples-only username="}.parse(words)
	users := slices.Concat(g.values["U"], g.values["username"], g.rest[min(1, len(g.rest)):])
	places := slices.Concat(g.values["d"], g.values["dbname"], g.rest)
	run := slices.Concat(g.values["c"], g.values["command"])
	return known && len(run) > 0 && len(g.rest) < 3 && !slices.ContainsFunc(run, func(sql string) bool { return !asks(sql) }) &&
		!slices.ContainsFunc(users, mighty) && !slices.ContainsFunc(places, func(w string) bool { return strings.ContainsAny(w, ":=") })
}

// mighty reports a role that may do more than look: the owner's, the service's own.
func mighty(role string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(role), func(r rune) bool { return r == '_' || r == '-' }), func(w string) bool { return powers[w] || powers[stem(w)] })
}

// asks reports SQL whose every statement only reads what operators may see.
func asks(sql string) bool {
	tokens, plain := lex(sql)
	some, plain := false, plain && len(tokens) < longestQuery
	for len(tokens) > 0 && plain {
		end := slices.Index(tokens, ";")
		if end < 0 {
			end = len(tokens)
		}
		if end > 0 {
			some, plain = true, queries(tokens[:end])
		}
		tokens = tokens[min(end+1, len(tokens)):]
	}
	return some && plain
}

// longestQuery in words and marks: what goes on for longer is not read by anybody.
const longestQuery = 2000

// lex cuts SQL into words, marks, and "'" for each string. What is quoted in another way, or
// is the client's, is not plain.
func lex(sql string) (tokens []string, plain bool) {
	if containsAny(sql, `\`, "$", "`", "/*") {
		return nil, false
	}
	for i := 0; i < len(sql); {
		switch b := sql[i]; {
		case strings.IndexByte(" \t\r\n", b) >= 0:
			i++
		case strings.HasPrefix(sql[i:], "--"):
			line, _, _ := strings.Cut(sql[i:], "\n")
			i += len(line)
		case b == '\'' || b == '"':
			n := strings.IndexByte(sql[i+1:], b)
			if n < 0 {
				return nil, false
			}
			tokens, i = append(tokens, string(b)), i+n+2
		case nameByte(b):
			n := i
			for n < len(sql) && nameByte(sql[n]) {
				n++
			}
			tokens, i = append(tokens, strings.ToLower(sql[i:n])), n
		case b == ':':
			if !strings.HasPrefix(sql[i:], "::") {
				return nil, false
			}
			tokens, i = append(tokens, "::"), i+2
		default:
			tokens, i = append(tokens, string(rune(b))), i+1
		}
	}
	return tokens, true
}

// nameByte reports one of a name, which may have its schema before a dot.
func nameByte(b byte) bool {
	return b == '_' || b == '.' || b >= 0x80 || isDigit(b) || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

var (
	// writes are words that no statement has which only reads.
	writes = list("call copy create declare delete do execute insert into merge refresh set share truncate update")
	// brackets are words that a bracket follows without a call.
	brackets = list(`all and any as between by case distinct else end except exists explain filter from group having in intersect is join like limit not on or order over partition select some
		table then union using values when where with within`)
	// pure functions compute, or say how the database is.
	pure = list(`abs age array_agg avg bool_or ceil coalesce concat count current_database current_setting date_part date_trunc dense_rank extract first_value floor format
		generate_series greatest interval json_agg jsonb_agg jsonb_array_length jsonb_pretty justify_interval lag last_value lead least left length lower make_interval max min mode now nullif numeric
		percentile_cont percentile_disc pg_blocking_pids pg_current_wal_lsn pg_database_size pg_is_in_recovery pg_last_wal_receive_lsn pg_last_wal_replay_lsn
		pg_last_xact_replay_timestamp pg_postmaster_start_time pg_relation_size pg_size_pretty pg_table_size pg_total_relation_size pg_wal_lsn_diff rank regexp_replace replace right round
		row_number split_part string_agg substring sum to_char to_timestamp trim upper varchar version width_bucket`)
	// clauses end the list of what is read.
	clauses = list("except fetch group having intersect limit offset order select union where window")
)

// queries reports a statement that only reads.
func queries(tokens []string) bool {
	if !list("explain select show table values with")[tokens[0]] || slices.ContainsFunc(tokens, func(w string) bool { return writes[w] }) {
		return false
	}
	if tokens[0] == "explain" && !slices.ContainsFunc(tokens, func(w string) bool { return list("select table values")[w] }) {
		return false
	}
	for i := 1; i < len(tokens); i++ {
		if w := tokens[i-1]; tokens[i] == "(" && (nameByte(w[0]) || w == `"`) && !brackets[w] && !pure[w] && !list("analyze verbose")[w] {
			return false
		}
	}
	return scan{tokens: tokens}.sources()
}

// scan walks over the tables that a statement reads.
type scan struct{ tokens []string }

// sources reports that all of them may be seen by operators.
func (s scan) sources() bool {
	reading := []bool{false} // by depth: in the list after FROM
	for i, w := range s.tokens {
		top := len(reading) - 1
		switch {
		case w == "(":
			reading = append(reading, false)
		case w == ")" && top == 0:
			return false
		case w == ")":
			reading = reading[:top]
		case clauses[w]:
			reading[top] = false
		case list("from join table")[w] && !s.within(i), w == "," && reading[top]:
			if !s.source(i + 1) {
				return false
			}
			reading[top] = true
		}
	}
	return true
}

// within reports a FROM that is no clause: "extract(epoch from …)", "is distinct from".
func (s scan) within(i int) bool {
	if s.tokens[i] != "from" || i < 2 {
		return false
	}
	if s.tokens[i-1] == "distinct" {
		return list("is not")[s.tokens[i-2]]
	}
	return i > 2 && s.tokens[i-2] == "(" && list("extract substring trim")[s.tokens[i-3]]
}

// source reports a table, or a query in brackets, that operators may see.
func (s scan) source(i int) bool {
	for i < len(s.tokens) && list("lateral only")[s.tokens[i]] {
		i++
	}
	if i >= len(s.tokens) {
		return false
	}
	w := strings.TrimPrefix(s.tokens[i], "pg_catalog.")
	called := i+1 < len(s.tokens) && s.tokens[i+1] == "("
	switch {
	case w == "(":
		return i+1 < len(s.tokens) && list("select values with")[s.tokens[i+1]]
	case called:
		return w == "generate_series"
	case forOperators(w), strings.HasPrefix(w, "information_schema."), strings.HasPrefix(w, "pg_stat"), w == "pg_locks", strings.HasSuffix(w, "_seq"):
		return true
	}
	return s.defines(w)
}

// forOperators reports a table or view of a schema that has them in its name: operators.orders,
// ops_view.orders.
func forOperators(table string) bool {
	schema, _, inside := strings.Cut(table, ".")
	return inside && slices.ContainsFunc(strings.Split(schema, "_"), func(w string) bool { return list("oncall operator operators ops")[w] })
}

// defines reports a name that the statement itself gives to a query.
func (s scan) defines(name string) bool {
	for i := 1; i+2 < len(s.tokens); i++ {
		if s.tokens[i] == name && s.tokens[i+1] == "as" && s.tokens[i+2] == "(" && list("with , recursive")[s.tokens[i-1]] {
			return s.tokens[0] == "with" || s.tokens[0] == "explain"
		}
	}
	return false
}

-- The results of drills, a row each. Durations are in nanoseconds at speed 1, but
-- for wall and cpu.
CREATE TABLE results (
	id       TEXT PRIMARY KEY, -- of the line that it was imported from
	run      TEXT NOT NULL,
	started  INTEGER NOT NULL, -- milliseconds since 1970, UTC
	git      TEXT NOT NULL,    -- the commit, or empty
	dirty    INTEGER NOT NULL,
	platform TEXT NOT NULL,
	cpus     INTEGER NOT NULL,

	test    TEXT NOT NULL,
	system  TEXT NOT NULL,
	drill   TEXT NOT NULL,
	world   TEXT NOT NULL,
	speed   REAL NOT NULL,
	seed    INTEGER NOT NULL,
	outcome TEXT NOT NULL,

	detect          INTEGER NOT NULL, -- 0: it did not come that far
	detect_budget   INTEGER NOT NULL,
	mitigate        INTEGER NOT NULL,
	mitigate_budget INTEGER NOT NULL,
	recover         INTEGER NOT NULL,
	recover_budget  INTEGER NOT NULL,

	elapsed INTEGER NOT NULL,
	wall    INTEGER NOT NULL,
	cpu     INTEGER NOT NULL
) STRICT, WITHOUT ROWID

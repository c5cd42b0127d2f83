package fulfil

// UseCredential has the replicas show another of their credentials to the
// warehouses. It is known by its name only: the secret stays in its file.
func (c *Controls) UseCredential(name string, by By) error {
	switch {
	case !word.MatchString(name):
		return ruleError("bad-credential", "a credential is named by 1 to 64 letters, digits, - or _")
	case c.s.Credential == name:
		return nil
	}
	return record(c, by, CredentialRotated{To: name, From: c.s.Credential})
}

// CredentialRotated is a change of the controls.
type CredentialRotated struct {
	To   string `json:"to"`
	From string `json:"from,omitempty"`
}

// Name implements [Change].
func (CredentialRotated) Name() string { return "sink.credential-rotated" }

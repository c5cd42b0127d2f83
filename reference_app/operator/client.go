package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Client calls the operator API.
type Client struct {
	URL   string // of the service, without a slash at its end
	Token string
	HTTP  *http.Client // default [http.DefaultClient]
}

const answerLimit = 8 << 20 // bytes

// Call carries out a command, such as "sink route". A refusal is a [*Problem].
func (c *Client) Call(ctx context.Context, name string, args map[string]string) (json.RawMessage, error) {
	body, err := json.Marshal(args)
	if err != nil {
		return nil, err
	}
	url := c.URL + prefix + "commands/" + strings.ReplaceAll(name, " ", "/")
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.Token)
	request.Header.Set("Content-Type", "application/json")
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("no answer from the service: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, answerLimit))
	if err != nil {
		return nil, fmt.Errorf("answer cut short: %w", err)
	}
	if response.StatusCode == http.StatusOK {
		return answer, nil
	}
	p := &Problem{Status: response.StatusCode, Code: "http", Detail: response.Status}
	_ = json.Unmarshal(answer, p) // what is no problem document keeps the status
	return nil, p
}

// Do carries out the words of a command line after "opctl".
func (c *Client) Do(ctx context.Context, words []string) (json.RawMessage, error) {
	var out, complaint bytes.Buffer
	cli := CLI{Stdout: &out, Stderr: &complaint, Client: c}
	if err := cli.run(ctx, append([]string{"--json"}, words...)); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Command hpa answers what Kubernetes' own horizontal pod autoscaler would do: one JSON object a line on standard
// input, one a line on standard output.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"testing/synctest"

	"k8s.io/klog/v2"
)

const longestLine = 16 << 20

// request is either a question to the replica calculator or a run of the controller.
type request struct {
	Calculate *calculation `json:"calculate"`
	Reconcile *run         `json:"reconcile"`
}

type reply struct {
	// Replicas has one entry for a calculation, one a step for a run.
	Replicas []int32 `json:"replicas"`
	// Error is why there is no replica count; for a run, the last step's that had one.
	Error string `json:"error,omitempty"`
}

// The controller reads the clock itself. The bubbles of testing/synctest have a clock that stands still but for what
// is slept, so a run of hours takes milliseconds and ages are exact; they are to be had within a test only.
func main() {
	klog.SetLogger(klog.Logger{})
	answerAll := testing.InternalTest{Name: "answers", F: answerAll}
	matchAny := func(string, string) (bool, error) { return true, nil }
	testing.Main(matchAny, []testing.InternalTest{answerAll}, nil, nil)
}

func answerAll(t *testing.T) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, longestLine)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	replies := json.NewEncoder(out)
	controllers := newControllers()
	for lines.Scan() {
		var asked request
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			t.Fatalf("%q is no request: %v", lines.Text(), err)
		}
		if err := replies.Encode(answer(t, controllers, asked)); err != nil {
			t.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func answer(t *testing.T, controllers *controllers, asked request) (given reply) {
	switch {
	case asked.Calculate != nil:
		replicas, err := asked.Calculate.replicas()
		if err != nil {
			return reply{Replicas: []int32{}, Error: err.Error()}
		}
		return reply{Replicas: []int32{replicas}}
	case asked.Reconcile != nil:
		controller := controllers.withTolerance(asked.Reconcile.Tolerance)
		synctest.Test(t, func(*testing.T) { given = controller.follow(asked.Reconcile) })
		return given
	default:
		return reply{Replicas: []int32{}, Error: fmt.Sprintf("neither calculate nor reconcile: %+v", asked)}
	}
}

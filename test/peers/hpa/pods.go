package main

import (
	"fmt"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

const (
	namespace    = "tenant"
	metricWindow = 30 * time.Second
)

// pod is described by its state, a key of lives.
type pod struct {
	State string `json:"state"`
	// Usage is in thousandths of a CPU.
	Usage int64 `json:"usage"`
}

// life is what Kubernetes knows of a pod. Ages are before now.
type life struct {
	phase             core.PodPhase
	ready             core.ConditionStatus
	startedAgo        time.Duration
	readyChangedAgo   time.Duration
	hasMetric, leaves bool
}

var lives = map[string]life{
	"ready":      {core.PodRunning, core.ConditionTrue, time.Hour, 50 * time.Minute, true, false},
	"pending":    {core.PodPending, core.ConditionFalse, time.Second, time.Second, false, false},
	"starting":   {core.PodRunning, core.ConditionFalse, time.Minute, time.Minute, true, false},
	"settling":   {core.PodRunning, core.ConditionTrue, time.Minute, 10 * time.Second, true, false},
	"neverReady": {core.PodRunning, core.ConditionFalse, time.Hour, time.Hour - 10*time.Second, true, false},
	"unwell":     {core.PodRunning, core.ConditionFalse, time.Hour, 10 * time.Minute, true, false},
	"unmeasured": {core.PodRunning, core.ConditionTrue, time.Hour, 50 * time.Minute, false, false},
	"failed":     {core.PodFailed, core.ConditionFalse, time.Hour, time.Minute, true, false},
	"leaving":    {core.PodRunning, core.ConditionTrue, time.Hour, 50 * time.Minute, true, true},
}

func makePods(described []pod, request int64) ([]*core.Pod, metrics.PodMetricsInfo) {
	now := time.Now()
	usage := metrics.PodMetricsInfo{}
	pods := make([]*core.Pod, len(described))
	for i, pod := range described {
		life, name := lives[pod.State], fmt.Sprintf("pod-%d", i)
		pods[i] = makePod(name, life, request, now)
		if life.hasMetric {
			usage[name] = metrics.PodMetric{Timestamp: now, Window: metricWindow, Value: pod.Usage}
		}
	}
	return pods, usage
}

func makePod(name string, life life, request int64, now time.Time) *core.Pod {
	started := meta.NewTime(now.Add(-life.startedAgo))
	made := &core.Pod{
		ObjectMeta: meta.ObjectMeta{Name: name, Namespace: namespace},
		Spec: core.PodSpec{Containers: []core.Container{{
			Name: "taskmanager",
			Resources: core.ResourceRequirements{Requests: core.ResourceList{
				core.ResourceCPU: *resource.NewMilliQuantity(request, resource.DecimalSI),
			}},
		}}},
		Status: core.PodStatus{
			Phase:     life.phase,
			StartTime: &started,
			Conditions: []core.PodCondition{{
				Type:               core.PodReady,
				Status:             life.ready,
				LastTransitionTime: meta.NewTime(now.Add(-life.readyChangedAgo)),
			}},
		},
	}
	if life.leaves {
		deleted := meta.NewTime(now)
		made.DeletionTimestamp = &deleted
	}
	return made
}

func listerOf(pods []*core.Pod) listers.PodLister {
	indexer := cache.NewIndexer(
		cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	for _, pod := range pods {
		// Fails only for what has no name.
		_ = indexer.Add(pod)
	}
	return listers.NewPodLister(indexer)
}

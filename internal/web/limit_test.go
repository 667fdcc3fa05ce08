package web

import (
	"fmt"
	"testing"
	"time"
)

var limitStart = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func TestALimiterLetsABurstThroughAndThenSaysHowLongToWait(t *testing.T) {
	var l Limiter
	limit, now := Limit{PerSecond: 0.1, Burst: 3}, limitStart
	for range 3 {
		if d := l.Wait(limit, "a", now); d != 0 {
			t.Fatalf("a request of the burst waits %v", d)
		}
	}
	for range 2 { // one that has to wait is not counted
		if d := l.Wait(limit, "a", now); d != 10*time.Second {
			t.Errorf("over the limit: wait %v, want 10s", d)
		}
	}
	if d := l.Wait(limit, "b", now); d != 0 {
		t.Errorf("another asker waits %v", d)
	}
	if d := l.Wait(limit, "a", now.Add(10*time.Second)); d != 0 {
		t.Errorf("after waiting: wait %v", d)
	}
	if d := l.Wait(Limit{}, "a", now); d != 0 {
		t.Errorf("without a limit: wait %v", d)
	}
}

func TestManyAskersDoNotFillTheMemory(t *testing.T) {
	var l Limiter
	for n := range 50_000 {
		l.Wait(Limit{PerSecond: 2, Burst: 120}, fmt.Sprint(n), limitStart)
	}
	if n := len(l.buckets); n > maxBuckets {
		t.Errorf("%d askers are remembered", n)
	}
}

func TestAnAskerIsForgottenWithinMinutes(t *testing.T) {
	var l Limiter
	for n := range 100 {
		l.Wait(Limit{PerSecond: 2, Burst: 120}, fmt.Sprint(n), limitStart)
	}
	l.Wait(Limit{PerSecond: 2, Burst: 120}, "new", limitStart.Add(5*time.Minute))
	if n := len(l.buckets); n != 1 {
		t.Errorf("%d askers are remembered after five minutes", n)
	}
}

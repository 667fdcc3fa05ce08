// Package e2e drives the whole program as people do: a made-up city, a browser, the keyboard.
//
// It owns no product code. Its promise: what these tests walk through has really been opened, by a person of the right role, in Chromium where it is
// there. It leans on demo for the city and on webtest for the browser; rules and stores are tested where they live. Start with town_test.go.
package e2e

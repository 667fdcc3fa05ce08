// Package arch tests the shape of the program: who may import whom, that every package says what it is, that schemas come twice, that every sentence
// stands in both languages, and that links in the documents lead somewhere.
//
// It owns no code that runs. Its promise: what ARCHITECTURE.md and the style guide say of the shape is true while its tests pass.
// It leans on go list and the sources themselves; what the program does is tested beside the code. Start with imports_test.go.
package arch

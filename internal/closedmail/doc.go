// Package closedmail is KT1, the mail of Party and State bodies, up to the outer cover of State secrets. It lives in the closed house only.
//
// It owns the facts kt1.*, their states (workers, facilities, bodies, covers, vessels, incidents, shifts, cases), its tables and its pages.
// Its promise: nothing about what is inside a cover can be entered anywhere; whatever the law gives to two persons is never done by one, nor by a
// worker without valid papers; what is frozen by an incident does not move until a supervisor's fact releases it; an item reaches its addressee only
// through signatures of named persons, on a screen or on a printed list that two persons of the post enter; what waits for a second signature has not happened.
// It leans on custody for who holds what: every act here is custody's act with closed mail's facts beside it, in one entry. Law and prices it asks of others.
// It leaves accounts, encryption and backup to the closed house. Start with item.go, then vessel.go, then joint.go and sign.go for the second person, paper.go for what comes back on paper; kinds.go lists the states, check.go says who may act.
package closedmail

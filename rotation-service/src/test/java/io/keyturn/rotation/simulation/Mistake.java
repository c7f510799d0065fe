package io.keyturn.rotation.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.saga.Decision;
import io.keyturn.rotation.saga.Input;
import io.keyturn.rotation.saga.Retirement;
import io.keyturn.rotation.saga.RotationState;
import io.keyturn.rotation.saga.RotationState.AwaitingConsumers;
import io.keyturn.rotation.saga.RotationState.Compensating;
import io.keyturn.rotation.saga.RotationState.Failed;
import io.keyturn.rotation.saga.RotationState.Generated;
import io.keyturn.rotation.saga.UndoStep;
import io.keyturn.rotation.secretstore.vault.ModelKv;
import io.keyturn.rotation.target.postgres.ModelRoles;

/** A classic mistake, planted to show that the simulation finds it. */
enum Mistake {
    NONE,
    /** A lost answer of ALTER ROLE counts as success, and nobody tries the new value. */
    PROMOTES_UNTESTED {
        @Override
        void spoil(Models models) {
            models.roles().takeNoAnswerForYes();
        }

        @Override
        Input heard(RotationState state, Input input) {
            return state instanceof RotationState.Applied ? new Input.Done() : input;
        }
    },
    /** Whoever goes on after a crash makes a new value instead of the one that is kept. */
    REGENERATES_ON_RESUME {
        @Override
        void before(RotationState state, String run, Models models) {
            if (state instanceof Generated(var change, var _)) {
                var pending = models.pending();
                var path = pending.latestOf("shop/orders/" + run + "/pending-");
                pending.put(path, String.valueOf(change.to()), "made anew " + pending.versionOf(path));
            }
        }
    },
    /** A write without an answer is sent again, without a look and without a condition. */
    RESENDS_BLINDLY {
        @Override
        void spoil(Models models) {
            models.live().resendBlindly();
        }
    },
    /** The old value dies while pods still hold it. */
    RETIRES_BEFORE_READERS_MOVED {
        @Override
        void before(RotationState state, String run, Models models) {
            if (state instanceof AwaitingConsumers waiting) {
                models.roles().put(waiting.change().from(), "taken away");
            }
        }
    },
    /** The way back forgets the target. */
    LEAVES_THE_TARGET_BEHIND {
        @Override
        boolean carriesOut(RotationState state) {
            return !isAt(UndoStep.RESTORE_TARGET, state);
        }
    },
    /** The failed value is taken away while it is still published. */
    RETRACTS_FIRST {
        @Override
        Decision amend(RotationState state, Decision decision) {
            if (state instanceof Compensating
                    || !(decision.next() instanceof Compensating back)
                    || !back.remaining().contains(UndoStep.RETRACT_TARGET)) {
                return decision;
            }
            var steps = new ArrayList<>(List.of(UndoStep.RETRACT_TARGET));
            back.remaining().stream()
                    .filter(step -> step != UndoStep.RETRACT_TARGET)
                    .forEach(steps::add);
            return next(
                    decision,
                    new Compensating(
                            back.change(),
                            back.reason(),
                            steps,
                            back.complete(),
                            back.attempt(),
                            back.failed(),
                            back.restored()));
        }
    },
    /** On the way back nobody waits for the pods that took the failed value up. */
    DOES_NOT_WAIT_ON_THE_WAY_BACK {
        @Override
        boolean carriesOut(RotationState state) {
            return !isAt(UndoStep.AWAIT_CONSUMERS, state);
        }
    },
    /** The value before is not kept, for it is in the store anyway. */
    KEEPS_NO_PREVIOUS_VALUE {
        @Override
        void spoil(Models models) {
            models.pending().loseWritesTo("/previous-");
        }
    },
    /** A call without an answer was not carried out, was it? */
    TAKES_NO_ANSWER_FOR_NO {
        @Override
        Decision amend(RotationState state, Decision decision) {
            return state instanceof Generated && decision.again()
                    ? next(decision, new Failed(RotationReason.TARGET_UNREACHABLE))
                    : decision;
        }
    },
    /** The new value is written without a look at who wrote meanwhile. */
    OVERWRITES_EDITS {
        @Override
        void spoil(Models models) {
            models.live().ignoreExpectedVersions();
        }
    },
    /** A claim that is somebody else's by now is good enough for a commit. */
    COMMITS_WITHOUT_A_CLAIM {
        @Override
        void spoil(Models models) {
            models.database().ignoreEpochs();
        }
    },
    /** Who was stopped for too long still changes roles. */
    CHANGES_ROLES_TOO_LATE {
        @Override
        void spoil(Models models) {
            models.roles().ignoreFences();
        }
    },
    /** Who was stopped for too long still publishes. */
    PUBLISHES_TOO_LATE {
        @Override
        void spoil(Models models) {
            models.secret().ignoreFences();
        }
    },
    /** The number at a role is raised only where something is set. */
    FENCES_ONLY_WHAT_IT_CHANGES {
        @Override
        void spoil(Models models) {
            models.roles().ignoreWhoOnlyFences();
        }
    },
    /** A run takes away what it never published by its own account, whatever is published. */
    TRUSTS_ITS_OWN_ACCOUNT {
        @Override
        Input heard(RotationState state, Input input) {
            return input instanceof Input.FoundPublished ? new Input.Done() : input;
        }
    },
    /** Of two values that a run keeps the last one counts, though a target may know the first. */
    TAKES_THE_LAST_VALUE {
        @Override
        void spoil(Models models) {
            models.pending().turnTimeAround();
        }
    },
    /** Nobody notes which run has made its value live: what the database has lost is done once more. */
    NOTES_NOTHING {
        @Override
        void spoil(Models models) {
            models.live().forgetNotes();
        }
    },
    /** What earlier runs have left behind is nobody's business. */
    LEAVES_VALUES_BEHIND {
        @Override
        Input heard(RotationState state, Input input) {
            return input instanceof Input.LeftBehind ? new Input.Done() : input;
        }
    },
    /** A value that somebody else knows lives on until its readers have moved, though it was to die first. */
    LETS_THE_KNOWN_VALUE_LIVE {
        @Override
        Decision amend(RotationState state, Decision decision) {
            return decision.next() instanceof RotationState.Promoted p
                            && p.change().retirement() == Retirement.BEFORE_READERS
                    ? next(
                            decision,
                            new RotationState.Promoted(
                                    p.change().with(Retirement.DONE),
                                    p.appliedAt(),
                                    p.version(),
                                    p.attempt(),
                                    p.first()))
                    : decision;
        }
    },
    /** On the way back the failed value is closed at once, whoever has just read it. */
    CLOSES_AT_ONCE {
        @Override
        Decision amend(RotationState state, Decision decision) {
            return isAt(UndoStep.RETRACT_TARGET, decision.next()) && !decision.again()
                    ? next(decision, decision.next())
                    : decision;
        }
    },
    /** What a person has published during a run is written over. */
    OVERWRITES_SECRETS {
        @Override
        void spoil(Models models) {
            models.secret().ignoreStrangers();
        }
    };

    /** The servers of a world. */
    record Models(ModelDatabase database, ModelKv live, ModelKv pending, ModelRoles roles, ModelSecret secret) {}

    /** Whether the mistake is made by who comes too late. */
    boolean isToBeLate() {
        return this == CHANGES_ROLES_TOO_LATE || this == PUBLISHES_TOO_LATE || losesCommits();
    }

    /** Whether it takes a database that loses commits. */
    boolean losesCommits() {
        return this == FENCES_ONLY_WHAT_IT_CHANGES
                || this == TRUSTS_ITS_OWN_ACCOUNT
                || this == TAKES_THE_LAST_VALUE
                || this == NOTES_NOTHING;
    }

    /** Makes a server other than it should be. */
    void spoil(Models models) {}

    /** Done before the command of a state. */
    void before(RotationState state, String run, Models models) {}

    /** Whether the command of a state is carried out; else it counts as done. */
    boolean carriesOut(RotationState state) {
        return true;
    }

    /** What is made of an outcome. */
    Input heard(RotationState state, Input input) {
        return input;
    }

    /** What is made of a decision. */
    Decision amend(RotationState state, Decision decision) {
        return decision;
    }

    private static boolean isAt(UndoStep step, RotationState state) {
        return state instanceof Compensating back && back.remaining().getFirst() == step;
    }

    private static Decision next(Decision decision, RotationState next) {
        return new Decision(next, decision.facts(), Duration.ZERO, false);
    }
}

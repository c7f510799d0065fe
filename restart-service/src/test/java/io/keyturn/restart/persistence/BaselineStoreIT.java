package io.keyturn.restart.persistence;

import java.util.List;
import java.util.Set;

import jakarta.inject.Inject;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.reference.WorkloadKind;
import io.keyturn.contract.reference.WorkloadRef;
import io.keyturn.restart.RestartServers;
import io.keyturn.restart.baseline.Content;
import io.keyturn.restart.baseline.Contents;
import io.keyturn.restart.baseline.InUse;
import io.keyturn.restart.plan.RestartPlan.Adoption;
import io.keyturn.restart.reference.KeySelection;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/** What workloads have in use, when two plans record it in another order than they decided in. */
@QuarkusTest
@QuarkusTestResource(RestartServers.class)
class BaselineStoreIT {
    private static final ObjectRef DB = ObjectRef.secret("nowhere", "db");
    private static final WorkloadRef API =
            new WorkloadRef(WorkloadKind.Deployment, "nowhere", "api", new Uid("nobody-is-called-so"));

    @Inject
    BaselineStore baselines;

    @Inject
    Transactions transactions;

    @AfterEach
    void forget() {
        transactions.run(null, work -> baselines.forget(work, Set.of(API.uid())));
    }

    @Test
    void whatAnEarlierDecisionRecordsLateDoesNotHideWhatALaterOneBrought() {
        long earlier = decision();
        long later = decision();
        assertThat(later).isGreaterThan(earlier);

        record("a=2", later);
        record("a=1", earlier);
        assertThat(inUse()).isEqualTo(Contents.of("a=2"));

        record("a=3", decision());
        assertThat(inUse()).isEqualTo(Contents.of("a=3"));
    }

    private long decision() {
        return situation().decision();
    }

    private Content inUse() {
        var uses = requireNonNull(situation().inUse().get(API.uid()));
        return requireNonNull(uses.get(DB)).content();
    }

    private Situation situation() {
        return transactions.run(null, work -> baselines.situation(work, Set.of(DB), Set.of(API.uid())));
    }

    private void record(String content, long decision) {
        var use = new InUse(DB, KeySelection.whole(), Contents.of(content));
        transactions.run(null, work -> baselines.adopt(work, List.of(new Adoption(API, use)), decision));
    }
}

package io.keyturn.restart.runner;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import jakarta.enterprise.inject.Vetoed;

import io.keyturn.contract.reference.Uid;
import io.keyturn.restart.persistence.StoredPlan.Item;
import io.keyturn.restart.persistence.Transactions;
import io.keyturn.restart.workload.PatchResult;
import io.keyturn.restart.workload.WorkloadPatcher;

/** Sends one after the other: threads of its own would be nobody's turn. */
@Vetoed
final class ModelPatchStep extends PatchStep {
    ModelPatchStep(
            WorkloadPatcher patcher, Transactions transactions, PlanRecord record, PlanReport report, Clock clock) {
        super(patcher, transactions, record, report, clock);
    }

    @Override
    Map<Uid, PatchResult> send(List<Item> decided) {
        var results = new LinkedHashMap<Uid, PatchResult>();
        decided.forEach(item -> results.put(item.uid(), send(item)));
        return results;
    }
}

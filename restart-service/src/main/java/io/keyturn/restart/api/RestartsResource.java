package io.keyturn.restart.api;

import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.kit.persistence.UnitOfWork;
import io.keyturn.kit.problem.ProblemException;
import io.keyturn.restart.persistence.PlanStore;
import io.keyturn.restart.persistence.StoredPlan;
import io.keyturn.restart.plan.Workload;
import io.keyturn.restart.workload.WorkloadIndex;
import io.smallrye.mutiny.Uni;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** What restarts run and ran, and who reads an object. Reads only. */
@Path("/restarts")
@Produces(MediaType.APPLICATION_JSON)
public class RestartsResource {
    private static final int RECENT = 50;

    private final UnitOfWork unitOfWork;
    private final PlanStore plans;
    private final WorkloadIndex index;

    RestartsResource(UnitOfWork unitOfWork, PlanStore plans, WorkloadIndex index) {
        this.unitOfWork = unitOfWork;
        this.plans = plans;
        this.index = index;
    }

    /** A plan as the API shows it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PlanView(
            String id,
            String state,
            String trigger,
            @Nullable String publication,
            Instant startedAt,
            Instant deadline,
            @Nullable Instant finishedAt,
            @Nullable String reason,
            @Nullable String failedWorkload,
            @Nullable String supersededBy,
            int unaffected,
            List<ItemView> workloads) {}

    /** One workload of a plan. */
    public record ItemView(String workload, int wave, String state, long generation) {}

    /** A workload that reads the object; {@code keys} is {@code *} for all of it. */
    public record ReaderView(String workload, String uid, String keys) {}

    /** Running plans of a namespace, then the latest others. */
    @GET
    @Path("/plans")
    public Uni<List<PlanView>> plans(@RestQuery @Nullable String namespace) {
        var wanted = required("namespace", namespace);
        return unitOfWork
                .run(work -> plans.list(work, wanted, RECENT))
                .map(list -> list.stream().map(RestartsResource::view).toList());
    }

    /** Who reads the object. */
    @GET
    @Path("/readers")
    public List<ReaderView> readers(
            @RestQuery @Nullable String namespace, @RestQuery @Nullable String kind, @RestQuery @Nullable String name) {
        var object = object(required("namespace", namespace), required("kind", kind), required("name", name));
        return index.readersOf(List.of(object)).stream()
                .sorted(Comparator.comparing(w -> w.ref().toString()))
                .map(w -> reader(w, object))
                .toList();
    }

    private static ReaderView reader(Workload workload, ObjectRef object) {
        var keys = workload.references().byObject().get(object);
        return new ReaderView(workload.ref().toString(), workload.ref().uid().value(), keys == null ? "" : keys.text());
    }

    private static ObjectRef object(String namespace, String kind, String name) {
        var known = Arrays.stream(ObjectKind.values())
                .filter(k -> k != ObjectKind.SecretRotation)
                .filter(k -> k.name().toLowerCase(Locale.ROOT).equals(kind.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> ProblemException.badParameter("kind", "Use Secret or ConfigMap"));
        try {
            return new ObjectRef(known, namespace, name);
        } catch (IllegalArgumentException e) {
            throw ProblemException.badParameter("name", "No object can have this namespace and name");
        }
    }

    private static String required(String parameter, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw ProblemException.badParameter(parameter, "Give a " + parameter);
        }
        return value;
    }

    private static PlanView view(StoredPlan plan) {
        var publication = plan.ref().publication();
        return new PlanView(
                plan.ref().id().value(),
                plan.state().name(),
                plan.ref().trigger().toString(),
                publication == null ? null : publication.value(),
                plan.startedAt(),
                plan.deadline(),
                plan.finishedAt(),
                plan.reason(),
                plan.failedWorkload(),
                plan.supersededBy(),
                plan.unaffected(),
                plan.items().stream()
                        .map(i -> new ItemView(
                                i.workload().toString(), i.wave(), i.state().name(), i.generation()))
                        .toList());
    }
}

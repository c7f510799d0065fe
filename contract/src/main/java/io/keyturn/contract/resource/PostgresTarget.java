package io.keyturn.contract.resource;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/** A login on a PostgreSQL server. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PostgresTarget(
        @Nullable String host,
        @Nullable Integer port,
        @Nullable String database,
        @Nullable Strategy strategy,
        @Nullable String owner,
        @Nullable List<String> roles,
        @Nullable String role,
        @Nullable Bootstrap bootstrap,
        @Nullable Admin admin,
        @Nullable Tls tls) {

    /** How old and new overlap. */
    public enum Strategy {
        /** Two login roles, members of one owner, used in turn: nobody is ever refused. */
        AlternatingRoles,
        /** One role whose password changes: consumers that start between the change and their restart are refused. */
        SingleRole
    }

    /** Whether missing login roles are made. */
    public enum Bootstrap {
        None,
        Create
    }

    /** Where the credential that may ALTER ROLE lies: fields {@code username} and {@code password}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Admin(SecretRotationSpec.@Nullable VaultPath vault) {}

    /** How connections to the target are secured. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Tls(@Nullable TlsMode mode, @Nullable String caBundle) {}

    /** The modes of libpq that make sense here. */
    public enum TlsMode {
        disable("disable"),
        require("require"),
        verifyFull("verify-full");

        private final String text;

        TlsMode(String text) {
            this.text = text;
        }

        @JsonValue
        public String text() {
            return text;
        }
    }
}

package io.keyturn.contract.event;

/** Who wrote the content, as far as ownership and field managers tell. */
public enum Origin {
    KEYTURN,
    EXTERNAL_SECRETS,
    SEALED_SECRETS,
    CLOUD_NATIVE_PG,
    HELM,
    FLUX,
    ARGO_CD,
    OTHER
}

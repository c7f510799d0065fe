package io.keyturn.rotation.target.postgres;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

import org.postgresql.ssl.WrappedFactory;

/**
 * Trusts the authorities of a PEM bundle and nobody else. The driver's own factory for certificates given as text takes the first
 * one only, which is too few while one authority replaces another. The driver makes it by name, with its properties.
 */
public final class AuthoritiesFactory extends WrappedFactory {
    /** Reading a bundle costs as much as a login; what a bundle means never changes. */
    private static final Map<String, SSLSocketFactory> KNOWN = new ConcurrentHashMap<>();

    private static final int MOST_KNOWN = 100;

    public AuthoritiesFactory(Properties properties) throws GeneralSecurityException, IOException {
        var bundle = properties.getProperty("sslfactoryarg", "");
        var known = KNOWN.get(bundle);
        if (known == null) {
            known = read(bundle);
            if (KNOWN.size() >= MOST_KNOWN) {
                KNOWN.clear();
            }
            KNOWN.put(bundle, known);
        }
        factory = known;
    }

    /** Whether there is anybody to trust in it, and nothing that cannot be read. */
    static boolean isBundle(String text) {
        try {
            return !authorities(text).isEmpty();
        } catch (CertificateException e) {
            return false;
        }
    }

    private static Collection<? extends Certificate> authorities(String bundle) throws CertificateException {
        var bytes = bundle.getBytes(StandardCharsets.UTF_8);
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes));
    }

    private static SSLSocketFactory read(String bundle) throws GeneralSecurityException, IOException {
        var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        int number = 0;
        for (var authority : authorities(bundle)) {
            trusted.setCertificateEntry("authority-" + number++, authority);
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context.getSocketFactory();
    }
}

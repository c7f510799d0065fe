package io.keyturn.kit.start;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.BeanManager;

import io.keyturn.contract.topic.Service;
import io.keyturn.kit.messaging.KitConfig;
import io.keyturn.kit.persistence.InboxConfig;
import io.quarkus.arc.All;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.SmallRyeConfig;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** Looks at the settings before anything else of the service begins, and ends the start if one cannot work. */
@ApplicationScoped
class StartCheck {
    private static final int BEFORE_ALL_OTHERS = 1;

    private final KitConfig config;
    private final List<SettingsRule> rules;
    private final BeanManager beans;

    StartCheck(KitConfig config, @All List<SettingsRule> rules, BeanManager beans) {
        this.config = config;
        this.rules = rules;
        this.beans = beans;
    }

    /** In tests a part of a service runs, without the servers that part does not need. */
    void begin(@Observes @Priority(BEFORE_ALL_OTHERS) StartupEvent event) {
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            var complaints = new ArrayList<>(complaints(config.service()));
            rules.forEach(rule -> complaints.addAll(rule.complaints()));
            complaints.addAll(new KnownKeys(config.service(), known())
                    .unknownVariables(System.getenv().keySet()));
            if (!complaints.isEmpty()) {
                throw new WrongSettings(complaints);
            }
        }
    }

    static List<Complaint> complaints(Service service) {
        var settings = ConfigProvider.getConfig().unwrap(SmallRyeConfig.class);
        return Settings.check(service, property -> given(settings, property));
    }

    /** Null also where only an extension's own default stands: nobody has said that the file it names is there. */
    private static @Nullable String given(SmallRyeConfig settings, String property) {
        var found = settings.getConfigValue(property);
        return found.getConfigSourceOrdinal() < 0 ? null : found.getValue();
    }

    /** By the mappings this service uses; that of the inbox goes without saying, where there is none it changes nothing. */
    private Set<String> known() {
        var known = new HashSet<String>(properties(InboxConfig.class));
        for (var bean : beans.getBeans(Object.class, Any.Literal.INSTANCE)) {
            for (var type : bean.getTypes()) {
                if (type instanceof Class<?> mapping && mapping.isAnnotationPresent(ConfigMapping.class)) {
                    known.addAll(properties(mapping));
                }
            }
        }
        return known;
    }

    private static Set<String> properties(Class<?> mapping) {
        return ConfigMappings.getProperties(ConfigMappings.ConfigClass.configClass(mapping))
                .keySet();
    }
}

package com.example.orders;

import java.io.IOException;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** Chooses the audit trail: the profile "clean" takes the one that a checkpoint accepts. */
@Configuration
class AuditConfiguration {
    @Bean
    @Profile("!clean")
    AuditLog auditLog(@Value("${orders.folder}") Path folder) throws IOException {
        return new AuditLog(folder);
    }

    @Bean
    @Profile("clean")
    AuditLog checkpointedAuditLog(@Value("${orders.folder}") Path folder) throws IOException {
        return new CheckpointedAuditLog(folder);
    }
}

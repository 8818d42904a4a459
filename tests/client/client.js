// SPDX-License-Identifier: MIT
// What Microsoft's own client reads from the loopback Azure of a ready.json, as JSON: every
// database before and after it has changed one of them and begun an upgrade of it.
// usage: node client.js READY.json CLUSTER
"use strict";
const fs = require("fs");
const { ClientSecretCredential } = require("@azure/identity");
const { RedisEnterpriseManagementClient } = require("@azure/arm-redisenterprisecache");
const { LroEngine } = require("@azure/core-lro");
const { createSerializer } = require("@azure/core-client");

const API_VERSION = "2025-07-01";
const TEXT = { name: "String" };
const DATABASE_PATH = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}" +
    "/providers/Microsoft.Cache/redisEnterprise/{clusterName}/databases/{databaseName}";

function inPath(name) {
    return { parameterPath: name, mapper: { serializedName: name, required: true, type: TEXT } };
}

// The newest client on npm knows databases as of 2022. What came later is described to it here,
// in the form of its own descriptions.
const UPGRADE = {
    path: DATABASE_PATH + "/upgradeDBRedisVersion",
    httpMethod: "POST",
    responses: { 200: {}, 202: {}, default: {} },
    queryParameters: [{
        parameterPath: "apiVersion",
        mapper: { defaultValue: API_VERSION, isConstant: true, serializedName: "api-version",
            type: TEXT },
    }],
    urlParameters: ["subscriptionId", "resourceGroupName", "clusterName", "databaseName"].map(inPath),
    serializer: createSerializer({}, false),
};

function connect(ready) {
    const secret = fs.readFileSync(ready.client_secret_file, "utf8").trim();
    const credential = new ClientSecretCredential(ready.tenant, ready.client_id, secret,
        { authorityHost: ready.authority, disableInstanceDiscovery: true });
    return new RedisEnterpriseManagementClient(credential, ready.subscription,
        { endpoint: ready.arm_endpoint, apiVersion: API_VERSION });
}

function groupOf(id) {
    return id.split("/")[4];
}

// The items of a list, each with the text that came over the wire beside what the client made of it.
async function listed(list) {
    const wire = new Map();
    const onResponse = (raw) => JSON.parse(raw.bodyAsText).value.forEach(
        (item) => wire.set(item.id, item));
    const items = [];
    for await (const item of list({ onResponse }))
        items.push({ item, wire: wire.get(item.id) });
    return items;
}

function told(cluster, database) {
    const { item, wire } = database;
    for (const name of ["provisioningState", "resourceState"])
        if (item[name] !== wire.properties[name])
            throw new Error(`${item.id}: the client makes ${item[name]} of ${name}`);
    return { id: item.id, sku: cluster.item.sku.name, version: wire.properties.redisVersion,
        deferUpgrade: wire.properties.deferUpgrade, provisioningState: item.provisioningState,
        resourceState: item.resourceState, evictionPolicy: item.evictionPolicy };
}

async function readAll(client) {
    const databases = [];
    for (const cluster of await listed((options) => client.redisEnterprise.list(options))) {
        const group = groupOf(cluster.item.id);
        for (const database of await listed(
            (options) => client.databases.listByCluster(group, cluster.item.name, options)))
            databases.push(told(cluster, database));
    }
    return databases;
}

// Sends an operation as the client's own methods do, in the form that its poller wants.
async function send(client, args, spec) {
    let raw;
    const options = { ...args.options, onResponse: (response) => { raw = response; } };
    const flatResponse = await client.sendOperationRequest({ ...args, options }, spec);
    return { flatResponse, rawResponse: { statusCode: raw.status, body: raw.parsedBody,
        headers: raw.headers.toJSON() } };
}

// The answers to the upgrade, polled by the client's poller until it ends.
async function upgrade(client, args) {
    const seen = [];
    const note = async (spec) => {
        const response = await send(client, args, spec);
        seen.push({ status: response.rawResponse.statusCode,
            told: response.rawResponse.body && response.rawResponse.body.status });
        return response;
    };
    const poller = new LroEngine({
        requestPath: UPGRADE.path,
        requestMethod: UPGRADE.httpMethod,
        sendInitialRequest: () => note(UPGRADE),
        sendPollRequest: (path) => note({ ...UPGRADE, path, httpMethod: "GET" }),
    });
    await poller.pollUntilDone();
    const { isCompleted, error } = poller.getOperationState();
    return { completed: isCompleted === true && error === undefined, seen };
}

async function main(readyFile, name) {
    const ready = JSON.parse(fs.readFileSync(readyFile, "utf8"));
    const client = connect(ready);
    const before = await readAll(client);
    const chosen = before.find((database) => database.id.includes(`/redisEnterprise/${name}/`));
    const args = { resourceGroupName: groupOf(chosen.id), clusterName: name,
        databaseName: "default", options: {} };
    const updated = await client.databases.beginUpdateAndWait(args.resourceGroupName, name,
        "default", { evictionPolicy: "AllKeysLRU" });
    const operation = await upgrade(client, args);
    const after = await readAll(client);
    console.log(JSON.stringify({ before, updated: updated.evictionPolicy, operation, after }));
}

main(...process.argv.slice(2)).catch((error) => {
    console.error(error);
    process.exit(1);
});

import { createApp } from "vue";
import CallUs from "./CallUs.vue";

createApp(CallUs, { target: "tel:600" }).mount("#app");

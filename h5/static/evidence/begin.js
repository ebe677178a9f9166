import { shown } from "../shown.js";

shown.then(() => import("./evidence.js")).catch(console.error);
